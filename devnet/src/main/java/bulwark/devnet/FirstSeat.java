package bulwark.devnet;

import bulwark.kernel.config.Configuration;
import bulwark.kernel.error.CommandFailed;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.signing.Signing;
import bulwark.seats.SeatManager;
import bulwark.seats.contract.HexText;
import bulwark.seats.settings.SeatSettings;
import bulwark.web.LocalAdminClient;
import bulwark.web.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.Map;

/** What an operator does before anything is planned: people who can sign in, an operator, and a seat with verified deposit data. The service does not run meanwhile. */
final class FirstSeat implements AutoCloseable {
    private final Path folder;
    private final LocalAdminClient owner;

    FirstSeat(Path folder, Clock clock) {
        this.folder = folder;
        this.owner =
                SeatManager.owner(() -> Configuration.read(SeatSettings.schema(), Map.of(), folder), folder, clock);
    }

    /** An administrator for each of the people, with a fresh password in the file {@code passwords}. */
    void people(Signing signing) throws IOException {
        StringBuilder passwords = new StringBuilder();
        for (String person : TreasuryFolder.PEOPLE) {
            String random = Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(signing.random32().expose(SecretAccess.grant()));
            String password = random + "-aA1";
            post("/owner/users/admin", Map.of("username", person, "password", password));
            passwords.append(person).append(' ').append(password).append('\n');
        }
        OwnerOnlyFiles.write(folder.resolve("passwords"), passwords.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** @param credentials of the vault that stands on the chain */
    void seat(byte[] pubkey, byte[] credentials, String depositFile) {
        post("/owner/operators", Map.of("name", "North"));
        post(
                "/owner/seats",
                Map.of(
                        "operatorId",
                        "1",
                        "pubkey",
                        HexText.of(pubkey),
                        "withdrawalCredentials",
                        HexText.of(credentials)));
        post("/owner/seats/1/deposit-data", Map.of("file", depositFile));
    }

    private void post(String path, Map<String, Object> body) {
        Response response = owner.post(path, StrictJson.write(body));
        if (response.status() >= 300) {
            throw new CommandFailed(path + " was refused: " + new String(response.body(), StandardCharsets.UTF_8));
        }
    }

    @Override
    public void close() {
        owner.close();
    }
}
