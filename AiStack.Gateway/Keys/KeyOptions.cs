using System.ComponentModel.DataAnnotations;
using AiStack.ServiceDefaults.Options;

namespace AiStack.Gateway.Keys;

/// <summary>How keys are checked.</summary>
internal sealed class KeyOptions : ISectionOptions
{
    public static string Section => "Gateway";

    /// <summary>
    /// A key that is there from the first start, for a development machine. AppHost makes one; production has none.
    /// </summary>
    [MinLength(32)]
    public string? DevelopmentKey { get; set; }

    /// <summary>
    /// How long a checked key is remembered, and so how long another replica may accept it after it was revoked.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan KeyCacheTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How many keys are remembered. The default is more than most organisations have; each takes about 1 KB.
    /// </summary>
    [Range(1, 1_000_000)]
    public int KeyCacheSize { get; set; } = 10_000;

    /// <summary>
    /// How long a wrong key is remembered, as many as there are good ones. The default spares the database a client
    /// that tries again and again; a key is random, so one that was wrong a moment ago is not made meanwhile.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan WrongKeyCacheTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many different wrong keys one address may bring in a minute, to each replica, before it is told to wait
    /// (429). The default, ten a second, is more than mistakes make, and guesses nothing.
    /// </summary>
    [Range(1, 1_000_000)]
    public int WrongKeysPerMinute { get; set; } = 600;
}
