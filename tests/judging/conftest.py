"""The scripted model as a judge's, for the tests of judges."""

from tests.backends.model_process import model_process, openai_client, scripted, start_model  # noqa: F401 - fixtures
