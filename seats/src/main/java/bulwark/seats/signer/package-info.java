/** The process that holds the key of a treasury: it trusts nobody, reads plan and calldata itself, has a policy, approvers and a memory of its own, and answers over a Unix socket. */
@NullMarked
package bulwark.seats.signer;

import org.jspecify.annotations.NullMarked;
