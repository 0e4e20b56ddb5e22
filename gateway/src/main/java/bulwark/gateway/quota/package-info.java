/** Quotas of the gateway's callers: which plan holds for whom, what is reserved before a call, and what answers say of it. */
@NullMarked
package bulwark.gateway.quota;

import org.jspecify.annotations.NullMarked;
