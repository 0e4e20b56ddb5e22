/** API keys as an administrator manages them, and the routes of the audit log. */
@NullMarked
package bulwark.facts.admin;

import org.jspecify.annotations.NullMarked;
