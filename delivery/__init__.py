"""What people receive: lists of one centre, as Excel, web page, PDF and CSV.

Belongs here: cutting a list, its words and its formats. Not here: rules and scores (`models`), where data live
(`warehouse`), Dagster. A list is made once, as frozen objects; every format shows those same objects.
"""

from delivery.capacity import CapacitySettings, read_capacity
from delivery.csv_file import write_csv
from delivery.errors import DeliveryError
from delivery.excel import excel_bytes, write_excel
from delivery.html import html_text, write_html
from delivery.language import speaking
from delivery.pdf import write_pdf
from delivery.risk_list import build_list
from delivery.shapes import HonestCard, MomentList, RiskList
from delivery.source import About, Gate, ListSource

__all__ = [
    "About",
    "CapacitySettings",
    "DeliveryError",
    "Gate",
    "HonestCard",
    "ListSource",
    "MomentList",
    "RiskList",
    "build_list",
    "excel_bytes",
    "html_text",
    "read_capacity",
    "speaking",
    "write_csv",
    "write_excel",
    "write_html",
    "write_pdf",
]
