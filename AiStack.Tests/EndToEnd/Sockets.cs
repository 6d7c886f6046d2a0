using System.Globalization;
using System.Net;

namespace AiStack.Tests.EndToEnd;

/// <summary>What listens on this machine, from Linux's own tables.</summary>
internal static class Sockets
{
    private const string ListenState = "0A";
    private static readonly string[] _tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    public static IEnumerable<ListeningSocket> Listening() =>
        from table in _tables
        where File.Exists(table)
        from line in File.ReadLines(table).Skip(1)
        let fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where fields[3] == ListenState
        select new ListeningSocket(AddressOf(fields[1]), fields[9]);

    /// <summary>The inodes of the sockets that the process has open.</summary>
    public static IEnumerable<string> InodesOf(int processId) => Directory
        .EnumerateFileSystemEntries($"/proc/{processId}/fd")
        .Select(fd => new FileInfo(fd).LinkTarget ?? "")
        .Where(target => target.StartsWith("socket:[", StringComparison.Ordinal))
        .Select(target => target["socket:[".Length..^1]);

    // The kernel prints each 32-bit word of the address in the machine's byte order.
    private static IPAddress AddressOf(string field)
    {
        var hex = field[..field.IndexOf(':', StringComparison.Ordinal)];
        var words = hex.Chunk(8).SelectMany(
            word => BitConverter.GetBytes(uint.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));
        var address = new IPAddress([.. words]);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}

internal sealed record ListeningSocket(IPAddress Address, string Inode);
