/** What became of a task: statuses, groups, worker heartbeats, payload encodings. */
@NullMarked
package bulwark.tasks.results;

import org.jspecify.annotations.NullMarked;
