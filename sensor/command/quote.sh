#!/bin/sh
# A text file as a C string: quote.sh FILE
exec sed -e 's/["\\]/\\&/g' -e 's/.*/"&\\n"/' "$1"
