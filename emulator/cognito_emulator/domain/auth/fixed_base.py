"""Powers of one base, from a table of some of its powers.

A 3072-bit power with an exponent of 256 bits takes 0.17 ms instead of 0.42 ms, one of 512 bits 0.25 ms instead of
0.8 ms. Without libcrypto they take 1.3 ms and 2 ms instead of 6 ms and 12 ms. A table takes 2 ms to make.

The bits of an exponent are read in columns: eight bits that are 32 apart are the number of one entry of the table. So
32 squarings serve 256 bits (C. H. Lim, P. J. Lee: More Flexible Exponentiation with Precomputation, 1994).
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any, Protocol

from cognito_emulator.domain.auth.modexp import Functions, declare, power, to_number

_ROWS, _COLUMNS = 8, 32
_BLOCK = _ROWS * _COLUMNS  # bits of an exponent for which there is one table: 255 numbers, 110 KiB


class FixedBase:
    """Powers of a base modulo an odd number.

    Its tables are made at the first use: one for each 256 bits of the longest exponent.
    """

    def __init__(self, base: int, modulus: int, longest: int) -> None:
        self._base, self._modulus, self._longest = base, modulus, longest
        self._field: Field | None = None
        self._tables: list[list[Any]] = []
        self._next = base  # the power whose exponent is the lowest bit of the next row
        self._lock = Lock()

    def power(self, exponent: int) -> int:
        """Return the power.

        Exponents that are longer than `longest` bits take the time of any other base.
        """
        if not 0 < exponent.bit_length() <= self._longest:
            return power(self._base, exponent, self._modulus)
        bits = exponent.bit_length()
        field, tables = self._made(-(-bits // _BLOCK))
        digits = [_columns(exponent >> at & (1 << _BLOCK) - 1) for at in range(0, bits, _BLOCK)]
        entries = [
            [table[column[at]] for table, column in zip(tables, digits, strict=False) if column[at]]
            for at in range(_COLUMNS)
        ]
        return field.evaluate(entries)

    def _made(self, count: int) -> tuple[Field, list[list[Any]]]:
        with self._lock:
            if self._field is None:
                self._field = Montgomery.of(self._modulus) or Integers(self._modulus)
            while len(self._tables) < count:
                self._tables.append(self._table(self._field))
            return self._field, self._tables

    def _table(self, field: Field) -> list[Any]:
        """Make the next table.

        It has the products of the powers whose exponents are single bits of a column.
        """
        table: list[Any] = [None]
        for _ in range(_ROWS):
            single = field.number(self._next)
            table += [single, *(field.product(entry, single) for entry in table[1:])]
            self._next = power(self._next, 1 << _COLUMNS, self._modulus)
        return table


def _columns(block: int) -> list[int]:
    """Read the bits of 256 as the numbers of entries, the highest column first."""
    bits = f"{block:0{_BLOCK}b}"
    return [int(bits[column::_COLUMNS], 2) for column in range(_COLUMNS)]


class Field(Protocol):
    """Multiplies modulo a number."""

    def number(self, value: int) -> Any:
        """Make an entry of a table; it is never freed."""

    def product(self, one: Any, other: Any) -> Any:
        """Make an entry of the product of two."""

    def evaluate(self, columns: Sequence[Sequence[Any]]) -> int:
        """Square before each column, and multiply with the entries in it."""


class Integers:
    """Multiplies with Python's numbers."""

    def __init__(self, modulus: int) -> None:
        self._modulus = modulus

    def number(self, value: int) -> int:
        return value

    def product(self, one: int, other: int) -> int:
        return one * other % self._modulus

    def evaluate(self, columns: Sequence[Sequence[int]]) -> int:
        result = 1 % self._modulus
        for entries in columns:
            result = result * result % self._modulus
            for entry in entries:
                result = result * entry % self._modulus
        return result


def _functions() -> Functions:
    import ctypes  # as late as in `modexp`

    pointer, number = ctypes.c_void_p, ctypes.c_int
    return {
        "BN_CTX_new": ([], pointer),
        "BN_new": ([], pointer),
        "BN_free": ([pointer], None),
        "BN_copy": ([pointer] * 2, pointer),
        "BN_bin2bn": ([ctypes.c_char_p, number, pointer], pointer),
        "BN_bn2binpad": ([pointer, ctypes.c_char_p, number], number),
        "BN_MONT_CTX_new": ([], pointer),
        "BN_MONT_CTX_set": ([pointer] * 3, number),
        "BN_to_montgomery": ([pointer] * 4, number),
        "BN_from_montgomery": ([pointer] * 4, number),
        "BN_mod_mul_montgomery": ([pointer] * 5, number),
    }


class Montgomery:
    """Multiplies with libcrypto, which takes an eighth of the time.

    Its functions run with the interpreter's lock: each takes 2 µs, and giving up the lock may take much longer. So no
    two threads are in them at once.
    """

    def __init__(self, lib: Any, modulus: int) -> None:
        self._lib, self._modulus = lib, modulus
        self._context, self._form = lib.BN_CTX_new(), lib.BN_MONT_CTX_new()
        if lib.BN_MONT_CTX_set(self._form, to_number(lib, modulus), self._context) != 1:
            raise ArithmeticError

    @classmethod
    def of(cls, modulus: int) -> Montgomery | None:
        """Return the field, or None where there is no such library or it miscalculates."""
        try:
            import _hashlib
            import ctypes

            made = cls(declare(ctypes.PyDLL(_hashlib.__file__), _functions()), modulus)
            three = made.number(3)
            right = made.evaluate([[three], [made.product(three, three)]]) == 81
        except (ImportError, OSError, AttributeError, TypeError, ArithmeticError):
            return None
        return made if right else None

    def number(self, value: int) -> int:
        made: int = to_number(self._lib, value)
        if self._lib.BN_to_montgomery(made, made, self._form, self._context) != 1:
            raise ArithmeticError
        return made

    def product(self, one: int, other: int) -> int:
        made: int = self._lib.BN_new()
        if self._lib.BN_mod_mul_montgomery(made, one, other, self._form, self._context) != 1:
            raise ArithmeticError
        return made

    def evaluate(self, columns: Sequence[Sequence[int]]) -> int:
        multiply, form, context = self._lib.BN_mod_mul_montgomery, self._form, self._context
        result = self._lib.BN_new()
        is_begun, done = False, 1
        try:
            for entries in columns:
                if is_begun:
                    done &= multiply(result, result, result, form, context)
                for entry in entries:
                    if is_begun:
                        done &= multiply(result, result, entry, form, context)
                    else:
                        is_begun = bool(self._lib.BN_copy(result, entry))
            return self._read(result, done)
        finally:
            self._lib.BN_free(result)

    def _read(self, number: int, done: int) -> int:
        if done != 1 or self._lib.BN_from_montgomery(number, number, self._form, self._context) != 1:
            raise ArithmeticError
        import ctypes

        size = (self._modulus.bit_length() + 7) // 8
        written = ctypes.create_string_buffer(size)
        self._lib.BN_bn2binpad(number, written, size)
        return int.from_bytes(written.raw, "big")
