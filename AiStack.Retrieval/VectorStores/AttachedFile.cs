using AiStack.Contracts;
using AiStack.Retrieval.Storage;

namespace AiStack.Retrieval.VectorStores;

/// <summary>A file to attach, as it is stored.</summary>
/// <param name="HasPrincipals">Whether the request says whom it is for.</param>
/// <param name="Principals">Whom it is for, with commas between; null for everybody.</param>
internal sealed record AttachedFile(
    Guid FileId, string Attributes, StaticChunking Chunking, bool HasPrincipals, string? Principals)
{
    public static Outcome<AttachedFile> Parse(FileToAttach file)
    {
        if (file.FileId is null)
        {
            return new Fault(FaultCode.InvalidArgument, "'file_id' is missing.", "file_id");
        }

        if (!Id<StoredFile>.TryParse(file.FileId, null, out var id))
        {
            return AttachFiles.NoFile(file.FileId);
        }

        var wrong = AttributeValue.Check(file.Attributes, "attributes")
            ?? ServiceDefaults.Authentication.Principals.Check(file.Principals, FilePrincipals.Field);
        if (wrong is not null)
        {
            return wrong;
        }

        return ChunkingStrategyParam.Parse(file.ChunkingStrategy).TryGet(out var chunking, out var fault)
            ? new AttachedFile(
                id.Value,
                AttributeValue.ToJson(file.Attributes),
                chunking,
                file.Has(nameof(file.Principals)),
                FilePrincipals.Stored(file.Principals))
            : fault;
    }
}
