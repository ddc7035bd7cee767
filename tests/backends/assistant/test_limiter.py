"""The limiter of model requests: never over, first come first served, and no place is ever lost."""

from __future__ import annotations

import asyncio
import random

from support.backends.assistant.limiter import Limiters


def test_no_place_is_lost_and_no_more_are_given_whatever_happens() -> None:
    async def story() -> None:
        limiters, chance = Limiters(3, idle_s=0.0), random.Random(7)
        running = dict.fromkeys(("lee", "kim"), 0)

        async def one(user: str) -> None:
            async with limiters.place(user):
                running[user] += 1
                assert running[user] <= 3
                try:
                    await asyncio.sleep(chance.random() / 500)
                    if chance.random() < 0.2:
                        raise ZeroDivisionError
                finally:
                    running[user] -= 1

        async def sweeper() -> None:
            while True:
                limiters.sweep()
                await asyncio.sleep(0)

        sweeping = asyncio.create_task(sweeper())
        tasks = [asyncio.create_task(one(chance.choice(("lee", "kim")))) for _ in range(400)]
        for task in chance.sample(tasks, 100):
            await asyncio.sleep(0)
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        sweeping.cancel()
        assert running == {"lee": 0, "kim": 0}
        limiters.sweep()
        assert not limiters.of_users

    asyncio.run(story())


def test_who_came_first_goes_first() -> None:
    async def story() -> None:
        limiters, order = Limiters(1, idle_s=60.0), []

        async def one(number: int) -> None:
            async with limiters.place("lee"):
                order.append(number)
                await asyncio.sleep(0)

        await asyncio.gather(*(one(number) for number in range(20)))
        assert order == list(range(20))
        assert limiters.sweep() == 0

    asyncio.run(story())
