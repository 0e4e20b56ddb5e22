package bulwark.seats.signer;

import java.net.SocketTimeoutException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/** What an exception of the KMS client means for the key. */
final class KmsErrors {
    private static final int SERVER_ERROR = 500;

    private KmsErrors() {}

    static KeyFault fault(SdkException error) {
        if (error instanceof AwsServiceException service) {
            return fault(service);
        }
        return isTimeout(error) ? KeyFault.TIMEOUT : KeyFault.UNREACHABLE;
    }

    private static KeyFault fault(AwsServiceException error) {
        AwsErrorDetails details = error.awsErrorDetails();
        String code = details == null ? "" : String.valueOf(details.errorCode());
        String message = details == null ? "" : String.valueOf(details.errorMessage());
        return switch (code) {
            case "AccessDeniedException", "AccessDenied" -> KeyFault.ACCESS_DENIED;
            case "DisabledException" -> KeyFault.KEY_DISABLED;
            case "KMSInvalidStateException", "KMSInvalidState" ->
                message.contains("pending deletion") ? KeyFault.KEY_PENDING_DELETION : KeyFault.KEY_STATE;
            case "NotFoundException", "InvalidArnException" -> KeyFault.KEY_MISSING;
            case "InvalidKeyUsageException", "UnsupportedOperationException" -> KeyFault.KEY_UNSUITABLE;
            case "RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed" -> KeyFault.CLOCK_SKEW;
            case "InvalidSignatureException", "SignatureDoesNotMatch" ->
                message.startsWith("Signature expired") || message.startsWith("Signature not yet current")
                        ? KeyFault.CLOCK_SKEW
                        : KeyFault.CREDENTIALS_REFUSED;
            case "UnrecognizedClientException",
                    "ExpiredTokenException",
                    "ExpiredToken",
                    "InvalidClientTokenId",
                    "IncompleteSignatureException",
                    "MissingAuthenticationTokenException" -> KeyFault.CREDENTIALS_REFUSED;
            case "DependencyTimeoutException", "KeyUnavailableException", "KMSInternalException" ->
                KeyFault.SERVICE_FAILED;
            default ->
                error.isThrottlingException()
                        ? KeyFault.THROTTLED
                        : error.statusCode() >= SERVER_ERROR ? KeyFault.SERVICE_FAILED : KeyFault.REQUEST_REFUSED;
        };
    }

    private static boolean isTimeout(SdkException error) {
        if (error instanceof ApiCallAttemptTimeoutException || error instanceof ApiCallTimeoutException) {
            return true;
        }
        for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }

    /** Whether another attempt can do better. */
    static boolean isPassing(KeyFault fault) {
        return switch (fault) {
            case THROTTLED, SERVICE_FAILED, TIMEOUT, UNREACHABLE -> true;
            default -> false;
        };
    }

    /** For the log: AWS's error code and its request, never what it says in words, which can name what it was given. */
    static String description(SdkException error) {
        if (error instanceof AwsServiceException service) {
            AwsErrorDetails details = service.awsErrorDetails();
            return "status " + service.statusCode() + ", " + (details == null ? "no error code" : details.errorCode())
                    + ", request " + service.requestId();
        }
        return error.getClass().getSimpleName();
    }
}
