package bulwark.seats.signer;

import bulwark.kernel.json.StrictJson;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** What an attacker with the service's rights writes to the socket: refused with a sentence, or read whole. */
class ValidatorKeyRequestFuzzTest {
    @FuzzTest(maxDuration = "2s")
    void a_request_is_read_or_refused(byte[] bytes) {
        try {
            ValidatorKeyRequest request = ValidatorKeyRequest.read(StrictJson.parse(bytes));
            if (!request.equals(ValidatorKeyRequest.read(StrictJson.parse(StrictJson.write(request.json()))))) {
                throw new AssertionError("a request that was read is not the one that is written");
            }
        } catch (SigningRefused | StrictJson.JsonRefused refused) {
            // Nothing was made.
        }
    }
}
