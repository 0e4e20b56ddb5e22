/** What carries envelopes: one interface, its values, and the rules that every implementation keeps. */
@NullMarked
package bulwark.tasks.broker;

import org.jspecify.annotations.NullMarked;
