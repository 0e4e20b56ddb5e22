package bulwark.seats.store;

import bulwark.kernel.storage.SchemaStatus;
import java.util.List;

/** What a status of the schema means for a start and for {@code migrate status}: refusals that can be told apart. */
public final class SchemaGate {
    public static final int CURRENT = 0;
    public static final int PENDING = 3;
    public static final int UNUSABLE = 4;

    private SchemaGate() {}

    /**
     * @param code stable word: {@code current}, {@code no_store}, {@code pending}, {@code failed}, {@code edited}, {@code newer}, {@code out_of_order} or {@code drifted}
     * @param exitCode 0 when a start may go on, 3 when {@code migrate deploy} helps, 4 when it does not
     */
    public record Verdict(String code, int exitCode, String sentence) {
        public boolean allowsStart() {
            return exitCode == CURRENT;
        }
    }

    public static Verdict of(SchemaStatus status) {
        return switch (status) {
            case SchemaStatus.Current current ->
                new Verdict("current", CURRENT, "The schema is current: " + current.migrations() + " migrations.");
            case SchemaStatus.Absent absent ->
                new Verdict(
                        "no_store",
                        PENDING,
                        "There is no store yet, and " + absent.scripts().size()
                                + " migrations are to be applied: run seat-manager migrate deploy.");
            case SchemaStatus.Pending pending ->
                new Verdict(
                        "pending",
                        PENDING,
                        "The store lacks " + names(pending.scripts()) + ": run seat-manager migrate deploy.");
            case SchemaStatus.Interrupted interrupted ->
                new Verdict(
                        "failed",
                        UNUSABLE,
                        "The store's history has a failed migration, " + names(interrupted.scripts())
                                + ": restore the backup from before it.");
            case SchemaStatus.Edited edited ->
                new Verdict(
                        "edited",
                        UNUSABLE,
                        "The store had another text of " + names(edited.scripts())
                                + " than this program: start the program that made it, or restore a backup.");
            case SchemaStatus.OutOfOrder misplaced ->
                new Verdict(
                        "out_of_order",
                        UNUSABLE,
                        "The store had its migrations in an order that no version of this program has, at "
                                + names(misplaced.scripts()) + ": restore a backup.");
            case SchemaStatus.Newer newer ->
                new Verdict(
                        "newer",
                        UNUSABLE,
                        "A newer version of this program applied " + names(newer.scripts())
                                + ": start that version, or restore the backup from before the upgrade.");
        };
    }

    /** The history is right and the tables are not. @param problems at least one */
    public static Verdict drifted(List<String> problems) {
        return new Verdict(
                "drifted",
                UNUSABLE,
                "The live schema is not what the migrations make. " + String.join(" ", problems)
                        + " Restore a backup; somebody changed the store by hand.");
    }

    private static String names(List<String> scripts) {
        return String.join(
                ", ",
                scripts.stream()
                        .map(script ->
                                script.substring(script.lastIndexOf('/') + 1).replace(".sql", ""))
                        .toList());
    }
}
