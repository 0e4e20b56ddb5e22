package bulwark.seats.route;

import bulwark.kernel.storage.WriteTx;
import bulwark.web.Response;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * One route as it is declared: of this table the edge's routes, the API document and the matrix of tests are made. Immutable.
 *
 * @param callers which credentials it takes
 * @param role that a caller needs at least; null for anybody who is identified, and for nobody in particular
 * @param action word of the step-up that it asks for; null where it asks for none
 * @param idempotent whether each request needs an {@code Idempotency-Key}
 * @param status of the answer when all went well
 */
public record SeatRoute(
        String method,
        String path,
        String summary,
        Callers callers,
        @Nullable String role,
        @Nullable String action,
        boolean idempotent,
        RequestRules rules,
        int status,
        Work work) {
    /** Kinds of credentials. */
    public enum Callers {
        /** None is looked for. */
        ANYBODY,
        /** A person with a session. */
        SESSION,
        /** A person with a session; the static token is told that it is none. */
        PERSON,
        /** A person with a session, or the static token. */
        ADMINISTRATION,
        /** A staker's key, or the session of an administrator. */
        STAKER
    }

    /** What a route does. */
    public sealed interface Work {
        /** Answers by itself, with transactions of its own where it needs some. */
        @FunctionalInterface
        non-sealed interface Answer extends Work {
            Response answer(Call call) throws Exception;
        }

        /** Changes something in one transaction, with its audit row; what it throws undoes everything, the use of a step-up and the idempotency key too. */
        @FunctionalInterface
        non-sealed interface Change extends Work {
            Response change(WriteTx tx, Call call) throws SQLException;
        }

        /** Looks first, outside of every transaction, at what takes its time; then changes. */
        @FunctionalInterface
        non-sealed interface Check extends Work {
            Change check(Call call) throws Exception;
        }
    }

    public static SeatRoute reads(String path, String summary, String role, RequestRules rules, Work.Answer work) {
        return new SeatRoute("GET", path, summary, Callers.ADMINISTRATION, role, null, false, rules, 200, work);
    }

    /** A change that any holder of the role may make, with a session or the static token. */
    public static SeatRoute changes(
            String method, String path, String summary, String role, RequestRules rules, int status, Work.Change work) {
        return new SeatRoute(method, path, summary, Callers.ADMINISTRATION, role, null, false, rules, status, work);
    }

    /** As {@link #changes}, for work that begins with a look that must not hold up other writers. */
    public static SeatRoute checks(
            String method, String path, String summary, String role, RequestRules rules, int status, Work.Check work) {
        return new SeatRoute(method, path, summary, Callers.ADMINISTRATION, role, null, false, rules, status, work);
    }

    public static SeatRoute ofSession(
            String method, String path, String summary, RequestRules rules, int status, Work work) {
        return new SeatRoute(method, path, summary, Callers.SESSION, null, null, false, rules, status, work);
    }

    public SeatRoute withIdempotency() {
        return new SeatRoute(method, path, summary, callers, role, action, true, rules, status, work);
    }

    public SeatRoute withStepUp(String word) {
        return new SeatRoute(method, path, summary, callers, role, word, idempotent, rules, status, work);
    }

    public SeatRoute takenBy(Callers kinds) {
        return new SeatRoute(method, path, summary, kinds, role, action, idempotent, rules, status, work);
    }
}
