# Files through WebSockets of python3-websockets, plain and packed: with one
# window for all messages, and with small ones for each; whole and in pieces.
needs="/usr/lib/python3/dist-packages/websockets"

peer() {
	make_file plan.txt 100003
	make_file "board minutes.txt" 200003
	make_file reply.txt 150001
	serve /usr/bin/python3 "$bin/websocket_peer.py" serve 10.20.0.2 \
	    "$files/reply.txt" "$work/got"
	listening "$srv" 8765
	visit /usr/bin/python3 "$bin/websocket_peer.py" visit 10.20.0.2 \
	    "$files/plan.txt" "$files/board minutes.txt" "$work/got"
	local how
	for how in plain shared small; do
		same_file "$files/plan.txt" "$work/got/$how-plan.txt"
		same_file "$files/board minutes.txt" \
		    "$work/got/$how-board minutes.txt"
		same_file "$files/reply.txt" "$work/got/$how-reply.txt"
		moved upload 100003 "$how-plan.txt"
		moved upload 200003 "$how-board minutes.txt"
		moved download 150001 "$how-reply.txt"
	done
}
