"""Samples of every form, as organisers write them, and what they become with other lists."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from shortlist.data.forms.base import Form
from shortlist.data.forms.columns import Known
from shortlist.data.forms.detect import detect_sample
from shortlist.data.forms.sheet import Sheet

USERS = ["u1", "u2", "u3"]
ITEMS = [*"abcdef", "x"]
LISTS = [["b", "a"], ["d", "c"], ["f", "e"]]
KNOWN = Known(pd.Index(USERS), pd.Index(ITEMS), ("clicks", "orders"))


@dataclass(frozen=True)
class Sample:
    """A sample, and the file that it asks for.

    Attributes:
        kind: of its form.
        text: of the sample.
        golden: the same with `LISTS` (for each request, one after the other).
        fields: of the form, those that differ from a form's defaults or are told.
        name: of the file.
    """

    kind: str
    text: str
    golden: str
    fields: dict[str, Any] = field(default_factory=dict)
    name: str = "sample_submission.csv"

    def read(self, folder: Path, known: Known = KNOWN) -> tuple[Sheet, Form]:
        """What is told of it."""
        path = folder / self.name
        path.write_bytes(self.text.encode())
        return detect_sample(path, known)


SAMPLES = {
    "long": Sample(
        "long",
        "user_id,item_id\nu1,x\nu1,x\nu2,x\nu2,x\nu3,x\nu3,x\n",
        "user_id,item_id\nu1,b\nu1,a\nu2,d\nu2,c\nu3,f\nu3,e\n",
        {"user": 0, "item": 1},
    ),
    "long, users by turns, tabs, another line end": Sample(
        "long",
        "user_id\titem_id\r\nu1\tx\r\nu2\tx\r\nu3\tx\r\nu1\tx\r\nu2\tx\r\nu3\tx\r\n",
        "user_id\titem_id\r\nu1\tb\r\nu2\td\r\nu3\tf\r\nu1\ta\r\nu2\tc\r\nu3\te\r\n",
        {"user": 0, "item": 1},
    ),
    "long, item first": Sample(
        "long",
        "item_id,user_id\nx,u1\nx,u1\nx,u2\nx,u2\nx,u3\nx,u3\n",
        "item_id,user_id\nb,u1\na,u1\nd,u2\nc,u2\nf,u3\ne,u3\n",
        {"user": 1, "item": 0},
    ),
    "long, no header": Sample(
        "long",
        "u1,x\nu1,x\nu2,x\nu2,x\nu3,x\nu3,x\n",
        "u1,b\nu1,a\nu2,d\nu2,c\nu3,f\nu3,e\n",
        {"header": False, "user": 0, "item": 1},
    ),
    "long, a running number": Sample(
        "long",
        "id,user_id,item_id\n0,u1,x\n1,u1,x\n2,u2,x\n3,u2,x\n4,u3,x\n5,u3,x\n",
        "id,user_id,item_id\n0,u1,b\n1,u1,a\n2,u2,d\n3,u2,c\n4,u3,f\n5,u3,e\n",
        {"user": 1, "item": 2},
    ),
    "rank": Sample(
        "ranked",
        "user_id,item_id,rank\nu1,x,1\nu1,x,2\nu2,x,1\nu2,x,2\nu3,x,1\nu3,x,2\n",
        "user_id,item_id,rank\nu1,b,1\nu1,a,2\nu2,d,1\nu2,c,2\nu3,f,1\nu3,e,2\n",
        {"user": 0, "item": 1, "rank": 2, "start": 1, "score": None},
    ),
    "rank from 0, the last place first": Sample(
        "ranked",
        "rank,item,user\n1,x,u1\n0,x,u1\n1,x,u2\n0,x,u2\n1,x,u3\n0,x,u3\n",
        "rank,item,user\n1,a,u1\n0,b,u1\n1,c,u2\n0,d,u2\n1,e,u3\n0,f,u3\n",
        {"user": 2, "item": 1, "rank": 0, "start": 0},
    ),
    "a placeholder for the rank": Sample(
        "ranked",
        "user,item,rank\nu1,x,0\nu1,x,0\nu2,x,0\nu2,x,0\nu3,x,0\nu3,x,0\n",
        "user,item,rank\nu1,b,1\nu1,a,2\nu2,d,1\nu2,c,2\nu3,f,1\nu3,e,2\n",
        {"rank": 2, "start": 1},
    ),
    "score": Sample(
        "ranked",
        "user_id;item_id;score\nu1;x;0\nu1;x;0\nu2;x;0\nu2;x;0\nu3;x;0\nu3;x;0\n",
        "user_id;item_id;score\nu1;b;1.000\nu1;a;0.500\nu2;d;1.000\nu2;c;0.500\nu3;f;1.000\nu3;e;0.500\n",
        {"rank": None, "score": 2},
    ),
    "joined by blanks": Sample(
        "joined",
        "customer_id,prediction\nu1,x a\nu2,x a\nu3,x a\n",
        "customer_id,prediction\nu1,b a\nu2,d c\nu3,f e\n",
        {"user": 0, "item": 1, "separator": " ", "told": True},
    ),
    "joined by commas": Sample(
        "joined",
        'user,items\nu1,"x,a"\nu2,"x,a"\nu3,"x,a"\n',
        'user,items\nu1,"b,a"\nu2,"d,c"\nu3,"f,e"\n',
        {"separator": ","},
    ),
    "joined by commas behind a tab, no header": Sample(
        "joined", "u1\tx,a\nu2\tx,a\nu3\tx,a\n", "u1\tb,a\nu2\td,c\nu3\tf,e\n", {"separator": ",", "header": False}
    ),
    "joined by |, a running number": Sample(
        "joined",
        "Id,user,items\n1,u1,x|a\n2,u2,x|a\n3,u3,x|a\n",
        "Id,user,items\n1,u1,b|a\n2,u2,d|c\n3,u3,f|e\n",
        {"separator": "|", "user": 1, "item": 2},
    ),
    "joined by ;": Sample(
        "joined", "user,items\nu1,x;a\nu2,x;a\nu3,x;a\n", "user,items\nu1,b;a\nu2,d;c\nu3,f;e\n", {"separator": ";"}
    ),
    "a list of numbers as Python writes it": Sample(
        "joined",
        'user,items\nu1,"[x, a]"\nu2,"[x, a]"\nu3,"[x, a]"\n',
        'user,items\nu1,"[b, a]"\nu2,"[d, c]"\nu3,"[f, e]"\n',
        {"separator": ", ", "brackets": True, "quote": ""},
    ),
    "a list of texts as Python writes it": Sample(
        "joined",
        "user,items\nu1,\"['x', 'a']\"\nu2,\"['x', 'a']\"\nu3,\"['x', 'a']\"\n",
        "user,items\nu1,\"['b', 'a']\"\nu2,\"['d', 'c']\"\nu3,\"['f', 'e']\"\n",
        {"separator": ", ", "brackets": True, "quote": "'"},
    ),
    "JSON": Sample(
        "joined",
        'user;items\nu1;"[""x"",""a""]"\nu2;"[""x"",""a""]"\nu3;"[""x"",""a""]"\n',
        'user;items\nu1;"[""b"",""a""]"\nu2;"[""d"",""c""]"\nu3;"[""f"",""e""]"\n',
        {"separator": ",", "brackets": True, "quote": '"'},
    ),
    "joined, a placeholder": Sample(
        "joined",
        "user,prediction\nu1,0\nu2,0\nu3,0\n",
        "user,prediction\nu1,b a\nu2,d c\nu3,f e\n",
        {"separator": " ", "told": False},
    ),
    "joined, empty": Sample(
        "joined", "user,items\nu1,\nu2,\nu3,\n", "user,items\nu1,b a\nu2,d c\nu3,f e\n", {"told": False}
    ),
    "user and kind": Sample(
        "joined_by_kind",
        "session_type,labels\nu1_clicks,x a\nu1_orders,x a\nu2_clicks,x a\n",
        "session_type,labels\nu1_clicks,b a\nu1_orders,d c\nu2_clicks,f e\n",
        {"user": 0, "item": 1, "joint": "_", "kinds": None, "separator": " "},
    ),
    "a column of kinds": Sample(
        "joined_by_kind",
        "user,type,items\nu1,clicks,x a\nu1,orders,x a\nu2,clicks,x a\n",
        "user,type,items\nu1,clicks,b a\nu1,orders,d c\nu2,clicks,f e\n",
        {"user": 0, "item": 2, "kinds": 1},
    ),
    "wide": Sample(
        "wide",
        "user,item_1,item_2\nu1,x,x\nu2,x,x\nu3,x,x\n",
        "user,item_1,item_2\nu1,b,a\nu2,d,c\nu3,f,e\n",
        {"user": 0, "items": (1, 2)},
    ),
    "wide, columns from right to left, a running number": Sample(
        "wide",
        "id,pred_1,pred_0,user\n0,0,0,u1\n1,0,0,u2\n2,0,0,u3\n",
        "id,pred_1,pred_0,user\n0,a,b,u1\n1,c,d,u2\n2,e,f,u3\n",
        {"user": 3, "items": (2, 1)},
    ),
    "wide, columns that are only numbered": Sample(
        "wide", "user,1,2\nu1,x,x\nu2,x,x\nu3,x,x\n", "user,1,2\nu1,b,a\nu2,d,c\nu3,f,e\n", {"items": (1, 2)}
    ),
    "wide, no header": Sample(
        "wide", "u1,x,x\nu2,x,x\nu3,x,x\n", "u1,b,a\nu2,d,c\nu3,f,e\n", {"items": (1, 2), "header": False}
    ),
}
