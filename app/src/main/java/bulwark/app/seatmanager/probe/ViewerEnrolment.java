package bulwark.app.seatmanager.probe;

import bulwark.doctor.target.Enrolment;
import bulwark.kernel.json.Base64Url;
import bulwark.kernel.json.StrictJson;
import bulwark.kernel.process.OwnerOnlyFiles;
import bulwark.kernel.secrets.SecretAccess;
import bulwark.kernel.signing.Signing;
import bulwark.web.LocalSocket;
import bulwark.web.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;

/**
 * Who the doctor is to a seat manager: a user who may look and nothing else, and a staker's key that is bound to a wallet to which no seat pays. The owner's socket makes both, once for each folder.
 *
 * @param socket of the owner
 * @param folder of the part, which tells deployments apart
 */
record ViewerEnrolment(Path socket, Path folder, Enrolment enrolment) {
    static final String USER = "bulwark-doctor";
    static final String PASSWORD = "seats-viewer";
    static final String SESSION = "seats-session";
    static final String STAKER = "seats-staker";
    /** Nobody has its key, and no seat pays to it. */
    static final String WALLET = "0x00000000000000000000000000000000d0c70400";

    private static final String OF = "seats-folder";

    void ensure() throws IOException {
        String identity = folder.toRealPath() + " "
                + Files.readAttributes(folder, BasicFileAttributes.class).creationTime();
        Path of = enrolment.file(OF);
        if (enrolment.has(PASSWORD)
                && enrolment.has(STAKER)
                && Files.exists(of)
                && Files.readString(of).equals(identity)) {
            return;
        }
        // Of both letter cases, with a digit and a sign: what the service asks of every password.
        String password = "aA1." + Base64Url.text(Signing.fastest().random32().expose(SecretAccess.grant()));
        Map<String, Object> user = Map.of("username", USER, "password", password);
        Response made = post("/owner/users/viewer", user);
        if (made.status() == 409) {
            made = post("/owner/users/password", user);
        }
        check(made);
        Response staker = post("/owner/staker-keys", Map.of("label", USER, "addresses", List.of(WALLET)));
        check(staker);
        enrolment.keep(PASSWORD, password);
        enrolment.keep(STAKER, StrictJson.parse(staker.body()).path("key").asString(""));
        Files.deleteIfExists(enrolment.file(SESSION));
        OwnerOnlyFiles.write(of, identity.getBytes(StandardCharsets.UTF_8));
    }

    private Response post(String path, Map<String, Object> body) {
        return LocalSocket.call(socket, "POST", path, StrictJson.write(body));
    }

    private static void check(Response answer) throws IOException {
        if (answer.status() >= 300) {
            throw new IOException("the seat manager's owner socket gave the doctor no user: status " + answer.status()
                    + " " + new String(answer.body(), StandardCharsets.UTF_8));
        }
    }
}
