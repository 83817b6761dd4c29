"""Titles that make their number an upper limit, and titles that only look like it."""

import pytest

from hub.model.progress import states_limit


@pytest.mark.parametrize(
    ("title", "bound"),
    [
        ("Fewer than 5 open blocker bugs", 5),
        ("Have fewer than five bugs open", 5),
        ("Fewer than 5 open blocker bugs", 4),
        ("Less than 1,000 open tickets", 1000),
        ("Churn below 2 %", 2),
        ("Churn below 2%", 0.02),
        ("p99 under 200 ms", 200),
        ("p99<200ms", 0.2),
        ("p99 ≤ 200 ms", 200),
        ("At most 3 late deliveries a week", 3),
        ("No more than 4 accidents", 4),
        ("Max. 3 incidents", 3),
        ("A maximum of 3 incidents", 3),
        ("3 incidents a month at most", 3),
        ("We have 3 incidents (max)", 3),
        ("12 complaints or fewer", 12),
        ("Up to 10 open defects", 10),
        ("Costs under $1.5M", 1_500_000),
        ("Weniger als 5 offene Fehler", 5),
        ("Kosten je Anfrage unter 12,50", 12.5),
        ("Höchstens drei Ausfälle", 3),
        ("Nicht mehr als 1.000 Tickets", 1000),
        ("Bis zu 10 offene Fehler", 10),
        ("Moins de 5 incidents", 5),
        ("Au plus 3 retards par semaine", 3),
        ("Jusqu'à 10 défauts", 10),
        ("Taux d'attrition inférieur à 2 %", 2),
        ("Menos de 5 errores abiertos", 5),
        ("Como máximo 3 incidentes", 3),
        ("No más de 4 accidentes", 4),
        ("Rotación por debajo de 2 %", 2),
    ],
)
def test_a_title_with_a_limit_beside_the_bound_states_one(title: str, bound: float) -> None:
    assert states_limit(title, bound)


@pytest.mark.parametrize(
    ("title", "bound"),
    [
        ("Undergraduate orders at 12,000", 12_000),
        ("95 % of answers in under 200 ms", 95),
        ("Customers under 30, 18 %", 18),
        ("Unter 200 ms für 95 % der Anfragen", 95),
        ("Maximise revenue to 5M", 5),
        ("500,000 daily active users", 500_000),
        ("Fewer support tickets", 10),
        ("At least 3 references", 3),
        ("Grow up to 50 stores", 50),
        ("Von 5 bis zu 10 Filialen wachsen", 10),
        ("Aumentar las ventas hasta 50", 50),
        ("Bundles sold below cost: 0", 5),
        ("Max and Ana onboard 5 studios", 5),
        ("", 0),
    ],
)
def test_a_title_without_a_limit_beside_the_bound_states_none(title: str, bound: float) -> None:
    assert not states_limit(title, bound)
