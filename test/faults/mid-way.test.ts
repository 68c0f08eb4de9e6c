// being written: a worker killed while sending, kills during the escalation wait, the api killed before it answers
