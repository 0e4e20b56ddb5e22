/** What every task store must do, as suites that each store's tests extend. */
@NullMarked
package bulwark.tasks.contract;

import org.jspecify.annotations.NullMarked;
