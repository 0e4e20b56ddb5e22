package bulwark.tasks.broker;

import org.jspecify.annotations.Nullable;

/** The broker did not answer or could not keep what it was given: the outcome is unknown, and repeating is safe. The message is a sentence with a remedy. */
public final class BrokerUnavailable extends RuntimeException {
    public BrokerUnavailable(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
