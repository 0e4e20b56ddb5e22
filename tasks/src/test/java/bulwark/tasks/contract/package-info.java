/** What every place that keeps tasks must do, as suites that each place's tests extend. */
@NullMarked
package bulwark.tasks.contract;

import org.jspecify.annotations.NullMarked;
