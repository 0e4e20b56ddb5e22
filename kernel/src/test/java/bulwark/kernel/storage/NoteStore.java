package bulwark.kernel.storage;

import bulwark.kernel.storage.Store.SchemaPolicy;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A store of one table, for the tests of stores. */
public final class NoteStore {
    public static final Migrations FIRST = new Migrations(List.of("db/storagetest/V001__notes.sql"));
    public static final Migrations BOTH =
            new Migrations(List.of("db/storagetest/V001__notes.sql", "db/storagetest/V002__more.sql"));

    private NoteStore() {}

    static SqliteStore open(Path file) {
        return Store.open(file, FIRST, SchemaPolicy.CREATE_OR_UPGRADE);
    }

    public static long insert(WriteTx tx, String text) throws SQLException {
        PreparedStatement insert = tx.statement("INSERT INTO notes (text) VALUES (?)");
        insert.setString(1, text);
        return insert.executeUpdate();
    }

    public static List<String> texts(Store store) {
        return store.read(tx -> {
            List<String> texts = new ArrayList<>();
            ResultSet rows = tx.statement("SELECT text FROM notes ORDER BY id").executeQuery();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        });
    }

    public static int count(ReadTx tx) throws SQLException {
        ResultSet row = tx.statement("SELECT count(*) FROM notes").executeQuery();
        row.next();
        return row.getInt(1);
    }
}
