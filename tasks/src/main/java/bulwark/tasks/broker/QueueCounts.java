package bulwark.tasks.broker;

/** @param pending waiting and due; @param inFlight held by a consumer; @param delayed hidden until their time; @param dead dead letters */
public record QueueCounts(long pending, long inFlight, long delayed, long dead) {}
