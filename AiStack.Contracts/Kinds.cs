namespace AiStack.Contracts;

// The prefixes are OpenAI's where OpenAI has the thing, separator included: file ids use a
// dash, the rest an underscore.

public sealed class Organisation : IKind { public static string Prefix => "org-"; }

public sealed class Project : IKind { public static string Prefix => "proj_"; }

public sealed class ApiKey : IKind { public static string Prefix => "key_"; }

public sealed class StoredFile : IKind { public static string Prefix => "file-"; }

public sealed class Upload : IKind { public static string Prefix => "upload_"; }

public sealed class UploadPart : IKind { public static string Prefix => "part_"; }

public sealed class Revision : IKind { public static string Prefix => "rev_"; }

public sealed class Chunk : IKind { public static string Prefix => "chk_"; }

public sealed class VectorStore : IKind { public static string Prefix => "vs_"; }

public sealed class FileBatch : IKind { public static string Prefix => "vsfb_"; }

public sealed class Completion : IKind { public static string Prefix => "cmpl_"; }

public sealed class ChatCompletion : IKind { public static string Prefix => "chatcmpl-"; }

public sealed class Response : IKind { public static string Prefix => "resp_"; }

public sealed class Conversation : IKind { public static string Prefix => "conv_"; }

public sealed class Batch : IKind { public static string Prefix => "batch_"; }

public sealed class Compaction : IKind { public static string Prefix => "cmp_"; }

public sealed class Message : IKind { public static string Prefix => "msg_"; }

public sealed class Reasoning : IKind { public static string Prefix => "rs_"; }

public sealed class ToolCall : IKind { public static string Prefix => "fc_"; }

public sealed class ToolCallOutput : IKind { public static string Prefix => "fco_"; }

public sealed class FileSearchCall : IKind { public static string Prefix => "fs_"; }

public sealed class Moderation : IKind { public static string Prefix => "modr-"; }

public sealed class Eval : IKind { public static string Prefix => "eval_"; }

public sealed class EvalRun : IKind { public static string Prefix => "evalrun_"; }

public sealed class EvalItem : IKind { public static string Prefix => "outputitem_"; }

public sealed class UserFeedback : IKind { public static string Prefix => "fdbk_"; }

public sealed class Alert : IKind { public static string Prefix => "alert_"; }

public sealed class Budget : IKind { public static string Prefix => "budget_"; }

public sealed class WorkItem : IKind { public static string Prefix => "wrk_"; }

public sealed class ToolServer : IKind { public static string Prefix => "mcps_"; }

public sealed class ToolListing : IKind { public static string Prefix => "mcpl_"; }

public sealed class RemoteCall : IKind { public static string Prefix => "mcp_"; }

public sealed class ApprovalRequest : IKind { public static string Prefix => "mcpr_"; }

public sealed class ApprovalAnswer : IKind { public static string Prefix => "mcpa_"; }

public sealed class Source : IKind { public static string Prefix => "src_"; }

public sealed class SourceRun : IKind { public static string Prefix => "srcrun_"; }

public sealed class Reveal : IKind { public static string Prefix => "reveal_"; }

public sealed class QualityRun : IKind { public static string Prefix => "qrun_"; }

public sealed class LineageRecord : IKind { public static string Prefix => "lin_"; }

public sealed class Rollback : IKind { public static string Prefix => "rb_"; }

public sealed class Erasure : IKind { public static string Prefix => "erasure_"; }

public sealed class LegalHold : IKind { public static string Prefix => "hold_"; }
