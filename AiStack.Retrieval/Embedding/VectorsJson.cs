using System.Text.Json;

namespace AiStack.Retrieval.Embedding;

/// <summary>
/// Reads <c>{…, "vectors": {"the": [0.1, …], …}}</c> word by word: the file is 300 MB, and memory stays at one word's.
/// </summary>
internal static class VectorsJson
{
    private const int BufferBytes = 1 << 20;

    public static IEnumerable<(string Word, float[] Vector)> Read(Stream json)
    {
        var reader = new Tokens(json);
        while (reader.Next() is { } token)
        {
            if (token.Type == JsonTokenType.PropertyName && token.Text == "vectors")
            {
                break;
            }
        }

        reader.Next(); // {
        while (reader.Next() is { Type: JsonTokenType.PropertyName, Text: { } word })
        {
            var vector = new List<float>(128);
            reader.Next(); // [
            while (reader.Next() is { Type: JsonTokenType.Number } number)
            {
                vector.Add(number.Number);
            }

            yield return (word, [.. vector]);
        }
    }

    private readonly record struct Token(JsonTokenType Type, string? Text, float Number);

    /// <summary>A reader that can be asked across the boundaries of its buffer.</summary>
    private sealed class Tokens(Stream json)
    {
        private readonly byte[] _buffer = new byte[BufferBytes];
        private JsonReaderState _state;
        private int _start;
        private int _end;
        private bool _isLast;

        public Token? Next()
        {
            while (true)
            {
                var reader = new Utf8JsonReader(_buffer.AsSpan(_start, _end - _start), _isLast, _state);
                if (reader.Read())
                {
                    _start += (int)reader.BytesConsumed;
                    _state = reader.CurrentState;
                    return reader.TokenType switch
                    {
                        JsonTokenType.Number => new(reader.TokenType, null, reader.GetSingle()),
                        JsonTokenType.PropertyName or JsonTokenType.String =>
                            new(reader.TokenType, reader.GetString(), 0),
                        _ => new(reader.TokenType, null, 0),
                    };
                }

                if (_isLast)
                {
                    return null;
                }

                _start += (int)reader.BytesConsumed;
                _state = reader.CurrentState;
                Fill();
            }
        }

        private void Fill()
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
            var read = json.Read(_buffer, _end, _buffer.Length - _end);
            _end += read;
            _isLast = read == 0;
        }
    }
}
