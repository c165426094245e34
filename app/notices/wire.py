"""How the press and whoever asks it speak: it says TAKEN, then request and answer, each with its length before it."""

from struct import Struct

TAKEN = b"\x06"  # ACK. Who hears it not has asked a press that is gone; who does has lost only this notice if it goes
LENGTH = Struct(">I")
