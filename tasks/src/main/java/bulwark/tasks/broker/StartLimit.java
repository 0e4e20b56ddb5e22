package bulwark.tasks.broker;

import java.time.Duration;

/**
 * How often tasks of one key may start: {@code limit} times in each {@code per}, spread evenly with a burst of {@code limit}.
 *
 * @param key shared by all workers on one store
 * @param limit below 1 nothing starts
 */
public record StartLimit(String key, int limit, Duration per) {}
