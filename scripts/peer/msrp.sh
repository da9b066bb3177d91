# SIP over UDP, MSRP over TCP, both ends written after RFC 4975 and RFC 5547:
# files pushed and pulled, one in a CPIM envelope, one named by its message
# alone, and words, which are no files.
needs="python3"

peer() {
	make_file "customer list.csv" 150001
	make_file plan.pdf 70003
	make_file notes.txt 3001
	serve python3 "$bin/msrp_peer.py" serve 10.20.0.2 "$work/got"
	listening "$srv" 2855
	visit python3 "$bin/msrp_peer.py" call 10.20.0.11 10.20.0.2 \
	    "$files/customer list.csv" "$files/plan.pdf" "$files/notes.txt"
	same_file "$files/customer list.csv" "$work/got/customer list.csv"
	same_file "$files/plan.pdf" "$work/got/plan.pdf"
	same_file "$files/notes.txt" "$work/got/notes.txt"
	moved upload 150001 "customer list.csv"
	moved upload 70003 plan.pdf
	moved upload 3001 notes.txt
	moved download 150001 "customer list.csv"
}
