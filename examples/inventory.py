"""A small stock ledger."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Iterator


class Unit(Enum):
    PIECE = "pc"
    KILOGRAM = "kg"


class OutOfStock(ValueError):
    def __init__(self, sku: str, missing: int):
        super().__init__(f"{missing} of {sku} missing")
        self.sku = sku
        self.missing = missing


@dataclass
class Item:
    sku: str
    unit: Unit = Unit.PIECE
    tags: set[str] = field(default_factory=set)

    @property
    def label(self) -> str:
        return f"{self.sku} ({self.unit.value})"

    def has_tag(self, tag: str) -> bool:
        return tag.lower() in self.tags


class Ledger:
    def __init__(self, path: Path, encoding: str = "utf-8"):
        self.path = path
        self.encoding = encoding
        self._stock: dict[str, int] = {}

    @classmethod
    def from_file(cls, path: Path) -> Ledger:
        ledger = cls(path)
        ledger.load()
        return ledger

    def load(self) -> None:
        with open(self.path, encoding=self.encoding) as file:
            self._stock = json.load(file)

    def add(self, sku: str, count: int = 1) -> int:
        if count < 0:
            raise ValueError("count must not be negative")
        self._stock[sku] = self._stock.get(sku, 0) + count
        return self._stock[sku]

    def take(self, sku: str, count: int = 1, *, partial: bool = False) -> int:
        if sku not in self._stock:
            raise KeyError(sku)
        available = self._stock[sku]
        if available < count and not partial:
            raise OutOfStock(sku, count - available)
        taken = min(available, count)
        self._stock[sku] -= taken
        return taken

    def below(self, threshold: int) -> Iterator[str]:
        for sku, count in self._stock.items():
            if count < threshold:
                yield sku

    def __len__(self) -> int:
        return len(self._stock)

    def __contains__(self, sku: str) -> bool: return sku in self._stock
