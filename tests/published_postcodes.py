"""Small files in the exact layouts of the publishers of postcodes."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

METADATA = """ORDNANCE SURVEY\r
PRODUCT: OS CODE-POINT_03.02\r
DATASET VERSION NUMBER: 2025.4.0\r
COPYRIGHT DATE: 20251020\r
RM UPDATE DATE: 20251017\r
       B\t{b}\r
      SY\t{sy}\r
"""

# Rows of edition 2025.4.0 as published.
SY = [
    '"SY1 1AD",10,349381,312241,"E92000001","E19000001","E18000005","","E06000051","E05016060"',
    '"SY1 1AF",10,349007,312556,"E92000001","E19000001","E18000005","","E06000051","E05016060"',
    '"SY18 9AA",90,0,0,"W92000004","","","","",""',
]
B = ['"B1 1AY",10,406523,286448,"E92000001","E19000001","E18000005","","E08000025","E05011151"']

# Headers: ONSPD of February 2023, NSPL of August 2020, NSPL of 2025 (ONSPD then has the same
# names for these columns).
ONSPD_2023 = (
    "pcd,pcd2,pcds,dointr,doterm,oscty,ced,oslaua,osward,parish,usertype,oseast1m,osnrth1m,"
    "osgrdind,oshlthau,nhser,ctry,rgn,streg,pcon,eer,teclec,ttwa,pct,itl,statsward,oa01,casward,"
    "park,lsoa01,msoa01,ur01ind,oac01,oa11,lsoa11,msoa11,wz11,sicbl,bua11,buasd11,ru11ind,oac11,"
    "lat,long,lep1,lep2,pfa,imd,calncv,icb,oa21,lsoa21,msoa21"
)
NSPL_2020 = (
    "pcd,pcd2,pcds,dointr,doterm,usertype,oseast1m,osnrth1m,osgrdind,oa11,cty,ced,laua,ward,hlthau,"
    "nhser,ctry,rgn,pcon,eer,teclec,ttwa,pct,nuts,park,lsoa11,msoa11,wz11,ccg,bua11,buasd11,"
    "ru11ind,oac11,lat,long,lep1,lep2,pfa,imd,calncv,stp"
)
NSPL_2025 = (
    "pcd7,pcd8,pcds,dointr,doterm,usrtypind,east1m,north1m,gridind,oa21cd,cty25cd,ced25cd,lad25cd,"
    "wd25cd,nhser24cd,ctry25cd,rgn25cd,pcon24cd,ttwa15cd,itl25cd,npark16cd,lsoa21cd,msoa21cd,"
    "wz11cd,sicbl24cd,bua24cd,ruc21ind,oac11ind,lat,long,lep21cd1,lep21cd2,pfa23cd,imd20ind,icb23cd"
)
# The list without coordinates, of May 2022.
ONS_WITHOUT_COORDINATES = (
    "pcd7,pcd8,pcds,dointr,doterm,usertype,oa11cd,lsoa11cd,msoa11cd,ladcd,lsoa11nm,msoa11nm,ladnm,"
    "ladnmw"
)

# Rows of NSPL as published: one that has ended, in the names of 2020, and a live one, of 2025.
NSPL_2020_ROW = (
    '"AB1 0AA","AB1  0AA","AB1 0AA","198001","199606","0","385386","0801193","1","S00090303",'
    '"S99999999","S99999999","S12000033","S13002843","S08000020","S99999999","S92000003",'
    '"S99999999","S14000002","S15000001","S09000001","S22000047","S03000012","S31000935",'
    '"S99999999","S01006514","S02001237","S34002990","S03000012","S99999999","S99999999","3",'
    '"1C3",57.101474,-2.242851,"S99999999","S99999999","S23000009",6808,"S99999999","S99999999"'
)
NSPL_2025_ROW = (
    '"CA8 7JG","CA8  7JG","CA8 7JG","200006","","0","366033","564878","1","E00139875","E99999999",'
    '"E99999999","E06000057","E05016114","E40000012","E92000001","E12000001","E14001285",'
    '"E30000064","E06000057","E65000001","E01027484","E02005728","E33002161","E38000130",'
    '"E63999999","RSN1","1B1",54.977349,-2.532223,"E37000025","","E23000007",17158,"E54000050"'
)

DIRECTORY = (
    "postcode,easting,northing,pqi,status,introduced,terminated,large_user,oa,lsoa,ward,district"
)


def code_point_open(
    path: Path,
    areas: Mapping[str, Sequence[str]],
    *,
    outer: str = "codepo_gb/",
    metadata: str | None = None,
) -> Path:
    """A zip of Code-Point Open; `areas` are the rows of each area's CSV."""
    stated = METADATA.format(b=len(areas.get("b", ())), sy=len(areas.get("sy", ())))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{outer}Doc/metadata.txt", stated if metadata is None else metadata)
        archive.writestr(f"{outer}Doc/Code-Point_Open_Column_Headers.csv", "PC,PQ,EA,NO\n")
        archive.writestr(f"{outer}Doc/Codelist.xlsx", b"PK")
        for area, rows in areas.items():
            archive.writestr(f"{outer}Data/CSV/{area}.csv", "".join(f"{row}\n" for row in rows))
    return path


def ons_row(header: str, **cells: str) -> str:
    """A row of a list by ONS with these cells, by the names of the header; the rest is empty."""
    names = header.split(",")
    unknown = set(cells) - set(names)
    if unknown:
        raise KeyError(*unknown)
    line = io.StringIO()
    writer = csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="")
    writer.writerow([cells.get(name, "") for name in names])
    return line.getvalue()


def lines(path: Path, *rows: str, end: str = "\n") -> Path:
    """A text file of rows."""
    path.write_bytes("".join(row + end for row in rows).encode())
    return path


def by_postcode(frame: pd.DataFrame) -> dict[str, dict[str, object]]:
    """The rows of a frame, by postcode."""
    return frame.set_index("postcode").to_dict("index")


def told(faults: Iterable[object]) -> list[str]:
    """The faults in words."""
    return [str(fault) for fault in faults]
