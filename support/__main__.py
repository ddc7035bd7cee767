"""`python -m support`: the command `acceptance`, for an interpreter that is named."""

from support.cli import app

if __name__ == "__main__":
    app(prog_name="acceptance")
