namespace AiStack.TextAnalysis;

/// <summary>Hashes of stems that are stable over processes and machines, as stored hashes must be.</summary>
public static class TermHash
{
    /// <summary>FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), mixed.</summary>
    public static uint Of(string stem)
    {
        var hash = 2_166_136_261u;
        foreach (var c in stem)
        {
            hash = (hash ^ c) * 16_777_619u;
        }

        return Mix(hash);
    }

    /// <summary>Another hash of a hash: murmur3's finaliser, for FNV's low bits mix badly.</summary>
    public static uint Mix(uint hash)
    {
        hash ^= hash >> 16;
        hash *= 0x85EBCA6B;
        hash ^= hash >> 13;
        hash *= 0xC2B2AE35;
        return hash ^ (hash >> 16);
    }
}
