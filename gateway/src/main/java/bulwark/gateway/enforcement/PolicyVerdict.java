package bulwark.gateway.enforcement;

import bulwark.gateway.call.GatewayCall;
import bulwark.gateway.refusal.GatewayRefusal;
import java.util.List;
import java.util.function.Consumer;

/** What a policy says of a call, before anything has come of it: in shadow mode nothing does. */
sealed interface PolicyVerdict {
    /** Nothing against it, and nothing to do. */
    PolicyVerdict PASS = new Pass();

    /** In metrics and records. */
    String word();

    record Pass() implements PolicyVerdict {
        @Override
        public String word() {
            return "pass";
        }
    }

    /** @param fields header lines of the answer, names and values in turn */
    record Refuse(GatewayRefusal refusal, List<String> fields) implements PolicyVerdict {
        public Refuse {
            fields = List.copyOf(fields);
        }

        @Override
        public String word() {
            return "refuse";
        }
    }

    /** @param word {@code pass} when nobody but the caller's header lines tells of it */
    record Effect(String word, Consumer<GatewayCall> action) implements PolicyVerdict {}
}
