package bulwark.seats.contract;

import bulwark.kernel.signing.Keccak256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A function of a contract: its name, what it takes, and what it gives back. Immutable. */
public record ContractFunction(String name, List<AbiType> inputs, List<AbiType> outputs) {
    private static final int SELECTOR_BYTES = 4;

    /** @param signature {@code name(type,type)}, as its selector is computed from it */
    static ContractFunction of(String signature, String... outputs) {
        int open = signature.indexOf('(');
        String types = signature.substring(open + 1, signature.length() - 1);
        Stream<String> inputs = types.isEmpty() ? Stream.empty() : Arrays.stream(types.split(","));
        return new ContractFunction(
                signature.substring(0, open),
                inputs.map(AbiType::of).toList(),
                Arrays.stream(outputs).map(AbiType::of).toList());
    }

    public String signature() {
        return name + inputs.stream().map(AbiType::solidity).collect(Collectors.joining(",", "(", ")"));
    }

    /** The first four bytes of every call. */
    public byte[] selector() {
        return Arrays.copyOf(Keccak256.hash(signature().getBytes(StandardCharsets.US_ASCII)), SELECTOR_BYTES);
    }

    /** Calldata. @param arguments {@code byte[]}, {@code Long}, {@code BigInteger}, {@code Boolean} or {@link EvmAddress}, as the types say */
    public byte[] call(Object... arguments) {
        return ByteStrings.concatenated(selector(), AbiValues.encode(inputs, arguments));
    }

    /** @throws AbiRefused when the bytes are no call of this function in its one encoding */
    public AbiValues arguments(byte[] calldata) {
        if (calldata.length < SELECTOR_BYTES || !Arrays.equals(selector(), Arrays.copyOf(calldata, SELECTOR_BYTES))) {
            throw new AbiRefused("The calldata is no call of " + signature() + ".");
        }
        return AbiValues.decode(inputs, Arrays.copyOfRange(calldata, SELECTOR_BYTES, calldata.length));
    }

    /** @throws AbiRefused when a node answered something else */
    public AbiValues result(byte[] answer) {
        return AbiValues.decode(outputs, answer);
    }
}
