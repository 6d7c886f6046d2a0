using System.Net;
using System.Net.Sockets;
using AiStack.Contracts;
using Microsoft.Extensions.Options;

namespace AiStack.Gateway.Keys;

/// <summary>
/// Counts the wrong keys of each remote address, so that guessing costs the database no more than a few looks a
/// second. Its memory is one fixed table, however many addresses come: two may share a slot, and then its limit.
/// </summary>
internal sealed class WrongKeys(IOptions<KeyOptions> options, TimeProvider time)
{
    private const int Slots = 1 << 16;

    /// <summary>Of an IPv6 address, what its provider gives one customer: 64 of the 128 bits.</summary>
    private const int NetworkBytes = 8;

    private readonly Lock _lock = new();
    private readonly (int Minute, int Count)[] _slots = new (int, int)[Slots];
    private readonly long _started = time.GetTimestamp();

    /// <summary>
    /// Takes one try of the address; the fault says when there is another. A try that found a good key is given back.
    /// </summary>
    public Fault? Take(IPAddress? address)
    {
        var elapsed = time.GetElapsedTime(_started);
        var minute = (int)elapsed.TotalMinutes;
        ref var slot = ref _slots[SlotOf(address)];
        lock (_lock)
        {
            if (slot.Minute != minute)
            {
                slot = (minute, 0);
            }

            if (slot.Count >= options.Value.WrongKeysPerMinute)
            {
                return TooMany(TimeSpan.FromMinutes(minute + 1) - elapsed);
            }

            slot.Count++;
            return null;
        }
    }

    /// <summary>Gives a try back.</summary>
    public void GiveBack(IPAddress? address)
    {
        ref var slot = ref _slots[SlotOf(address)];
        lock (_lock)
        {
            slot.Count = Math.Max(0, slot.Count - 1);
        }
    }

    private Fault TooMany(TimeSpan waitFor) => new(
        FaultCode.QuotaExceeded,
        $"More than {options.Value.WrongKeysPerMinute} API keys from this address were wrong within a minute. "
        + $"Wait {Math.Ceiling(waitFor.TotalSeconds)} s.",
        RetryAfter: TimeSpan.FromSeconds(Math.Ceiling(waitFor.TotalSeconds)));

    // The hash has a new seed in each process: an attacker cannot find an address that shares another's slot.
    private static int SlotOf(IPAddress? address)
    {
        var hash = default(HashCode);
        if (address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false })
        {
            hash.AddBytes(address.GetAddressBytes().AsSpan(0, NetworkBytes));
        }
        else
        {
            hash.AddBytes(address?.MapToIPv4().GetAddressBytes() ?? []);
        }

        return (int)((uint)hash.ToHashCode() % Slots);
    }
}
