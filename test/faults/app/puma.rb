# Puma reads a request in the thread that answers it: none is left half-read when it stops.
queue_requests false
