# What decision logs leave out and hide. Export both: -e system/log/mask -e system/log/drop.
package system.log

# Reads that were allowed are not worth a line.
drop if {
	input.result.allow == true
	input.input.action.name == "read"
}

# Who was there is; where from is not.
mask contains "/input/context/source_ip"

# Of people outside of the company, the address tells more than the id.
mask contains {"op": "upsert", "path": "/input/subject/email", "value": "***"} if {
	not endswith(input.input.subject.email, "@example.com")
}
