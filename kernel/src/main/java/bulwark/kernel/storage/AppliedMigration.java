package bulwark.kernel.storage;

/**
 * A row of a store's history of migrations.
 *
 * @param script resource of the script, as {@link Migrations} names it
 * @param checksum over its text, as it was then
 * @param success false when it was begun and did not end
 */
public record AppliedMigration(String script, int checksum, boolean success) {}
