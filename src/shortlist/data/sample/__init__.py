"""A synthetic competition in the form of Dacon 236170: the same files, columns and kinds of values, all of it invented.

Every resume mixes 1 to 3 job groups (its taste) and every posting belongs to one. A resume applies where taste,
popularity and closeness of dates are high together; the text and category fields are drawn from the same groups. All of
it is made in blocks of resumes, so that a competition of any size goes to disk in bounded memory.
"""

from shortlist.data.sample.size import SampleSize as SampleSize
from shortlist.data.sample.tables import make_tables as make_tables
from shortlist.data.sample.tables import write_sample as write_sample
