package bulwark.kernel.evidence.heads;

import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.storage.ReadTx;
import bulwark.kernel.storage.WriteTx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The random id of a store, kept in the store and in {@code store.json} of its key folder. */
public final class StoreId {
    private static final String PREFIX = "store-";

    private StoreId() {}

    public static String fresh() {
        return PREFIX + UUID.randomUUID();
    }

    static Path file(Path keyFolder) {
        return keyFolder.resolve("store.json");
    }

    static Optional<String> inFolder(Path keyFolder) throws IOException {
        Path file = file(keyFolder);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            JsonNode id = StrictJson.parse(Files.readAllBytes(file)).path("store_id");
            if (id.isString() && id.stringValue().startsWith(PREFIX)) {
                return Optional.of(id.stringValue());
            }
        } catch (StrictJson.JsonRefused e) {
            throw new IOException(file + " is damaged: restore it from a backup", e);
        }
        throw new IOException(file + " names no store: restore it from a backup");
    }

    public static void write(Path keyFolder, String id) throws IOException {
        OwnerOnlyFiles.createDirectory(keyFolder);
        OwnerOnlyFiles.write(file(keyFolder), StrictJson.write(Map.of("store_id", id)));
    }

    /**
     * The id in the store. Where several processes write, each has an id and a key folder of its own, and finds the id again that its
     * folder holds; a process with a new folder joins.
     */
    static Optional<String> inStore(ReadTx tx, @Nullable String folderId) throws SQLException {
        PreparedStatement select =
                tx.statement("SELECT store_id FROM store_identity" + (tx.isShared() ? " WHERE store_id = ?" : ""));
        if (tx.isShared()) {
            select.setString(1, folderId);
        }
        try (ResultSet row = select.executeQuery()) {
            return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
        }
    }

    public static void write(WriteTx tx, String id, String now) throws SQLException {
        PreparedStatement insert = tx.statement(
                tx.isShared()
                        ? "INSERT INTO store_identity (store_id, created_at) VALUES (?, ?)"
                                + " ON CONFLICT (store_id) DO NOTHING"
                        : "INSERT INTO store_identity (one, store_id, created_at) VALUES (1, ?, ?)"
                                + " ON CONFLICT (one) DO UPDATE SET store_id = excluded.store_id");
        insert.setString(1, id);
        insert.setString(2, now);
        insert.executeUpdate();
    }
}
