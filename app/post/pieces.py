"""How the child hands over what it read: a length, JSON of that length, the contents of the attachments one by one."""

from struct import Struct

LENGTH = Struct(">I")
