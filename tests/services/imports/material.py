"""Files of every kind that fit to each other, and a look at what an import may write."""

from datetime import date
from typing import Any

from db.engine import Book
from desktop.services.imports import ImportResult

TODAY = date(2026, 3, 31)
CLIENTS = (
    "code,name,country,currency,street,postcode,city,tax_id\n"
    "ACME,Acme Ltd,DE,EUR,Kai 1,20457,Hamburg,DE136695976\n"
    "ZEN,Zenith SA,FR,EUR,Rue 2,75001,Paris,FR40303265045\n"
)
ITEMS = "code,name,unit,price,tax_code\nDEV,Development,hour,100,standard\nRET,Retainer,month,500,\n"
AGREEMENTS = (
    "code,client,billing,item,quantity,unit_price,every,start\n"
    "A-1,ACME,time,DEV,,,monthly,2026-01-01\n"
    "Z-1,ZEN,recurring,RET,1,450,monthly,2026-01-01\n"
)
TIME = (
    "id,agreement,date,person,item,hours,rate,note\n"
    "T1,A-1,2026-03-02,Ann,DEV,1.5,,first\n"
    "T2,A-1,2026-03-03,Ann,DEV,2,120,second\n"
)


def rows(book: Book, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    with book.reading() as session:
        return [tuple(row) for row in session.connection().exec_driver_sql(sql, parameters).fetchall()]


def everything(book: Book) -> dict[str, list[tuple[Any, ...]]]:
    """Each row of each table that an import could write, the log included."""
    tables = ("client", "contact", "segment", "item", "rate", "agreement", "agreement_line", "time_entry", "one_off")
    more = ("import_batch", "change_set", "audit_event", "saved_mapping")
    return {table: rows(book, f"SELECT * FROM {table} ORDER BY 1") for table in tables + more}


def counted(result: ImportResult) -> tuple[int, int, int, int]:
    """(rows, imported, unchanged, rejected rows)"""
    return result.rows, result.imported, result.unchanged, result.rejected_rows
