package bulwark.kernel.postgresql;

import bulwark.kernel.storage.StoreRefused;
import java.nio.file.Path;

/** Which engine keeps a store, and where: {@code sqlite:PATH} or {@code postgresql://…}. */
public sealed interface StoreUrl {
    String SQLITE = "sqlite:";

    /** One file of one process. */
    record File(Path path) implements StoreUrl {}

    /** A database that several processes share. */
    record Database(PostgresUrl url) implements StoreUrl {}

    /**
     * @param setting name of the setting, for sentences
     * @param folder that a relative path starts from
     * @throws StoreRefused with a sentence that does not repeat the text, which may hold a password
     */
    static StoreUrl parse(String text, String setting, Path folder) {
        if (text.startsWith(SQLITE) && text.length() > SQLITE.length()) {
            return new File(folder.resolve(text.substring(SQLITE.length())).normalize());
        }
        if (PostgresUrl.isOne(text)) {
            return new Database(PostgresUrl.parse(text, setting));
        }
        throw new StoreRefused(
                setting + " names no store: write sqlite:PATH or postgresql://USER:PASSWORD@HOST/DATABASE.");
    }
}
