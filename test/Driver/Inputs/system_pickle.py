"""Writes a zip checkpoint whose pickle asks for os.system: system_pickle.py OUT"""
import sys
import zipfile

with zipfile.ZipFile(sys.argv[1], "w") as archive:
    archive.writestr("archive/data.pkl", b"\x80\x02cos\nsystem\nX\x04\x00\x00\x00true\x85R.")
    archive.writestr("archive/version", b"3\n")
