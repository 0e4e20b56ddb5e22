/** What people say of plans: keys of approvers, signed approvals and rejections, the rule how many it takes, and the API's register of plans. */
@NullMarked
package bulwark.seats.approval;

import org.jspecify.annotations.NullMarked;
