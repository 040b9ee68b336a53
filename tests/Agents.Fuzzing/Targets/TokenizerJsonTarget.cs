using System.Text;
using Agents.Fuzzing.Engine;
using Agents.Models.Tokenization;

namespace Agents.Fuzzing.Targets;

/// <summary><c>tokenizer.json</c> of a model folder, and tokenizing with what it describes.</summary>
public sealed class TokenizerJsonTarget : IFuzzTarget, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("agents-fuzz-").FullName;

    /// <inheritdoc/>
    public string Name => "tokenizer-json";

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Dictionary { get; } =
        [.. ((string[])["{", "}", "[", "]", ",", ":", "\"", "null", "\"model\":", "\"type\":\"BPE\"", "\"type\":\"Unigram\"", "\"vocab\":", "\"merges\":", "\"added_tokens\":", "\"pre_tokenizer\":",
            "\"normalizer\":", "\"decoder\":", "\"byte_fallback\":true", "\"type\":\"ByteLevel\"", "\"type\":\"Metaspace\"", "\"type\":\"Split\"", "\"Regex\":", "\"special\":true", "\"unk_id\":0", "\"NFC\"", "(a+)+$"])
            .Select(Encoding.UTF8.GetBytes)];

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Seeds()
    {
        HuggingFaceTokenizer.WriteAsync(_folder, SmallModels.Tokenizer).GetAwaiter().GetResult();
        byte[] written = File.ReadAllBytes(Path.Combine(_folder, HuggingFaceTokenizer.TokenizerFile));
        File.Delete(Path.Combine(_folder, HuggingFaceTokenizer.ConfigFile));
        const string unigram = """{"added_tokens":[{"id":0,"content":"<unk>","special":true}],"model":{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0],["a",-1.5],["b",-2],["ab",-1],["\u2581",-3]]}}""";
        const string fallback = """{"model":{"type":"BPE","byte_fallback":true,"vocab":{"<unk>":0,"<0x41>":1,"a":2,"b":3,"ab":4},"merges":["a b"]}}""";
        return [written, Encoding.UTF8.GetBytes(unigram), Encoding.UTF8.GetBytes(fallback)];
    }

    /// <inheritdoc/>
    public void Read(byte[] input)
    {
        File.WriteAllBytes(Path.Combine(_folder, HuggingFaceTokenizer.TokenizerFile), input);
        TokenizerDefinition definition = HuggingFaceTokenizer.ReadAsync(_folder).GetAwaiter().GetResult();
        BytePairTokenizer tokenizer = new(definition);
        List<int> ids = [];
        tokenizer.Encode("ab 12, \u00e9\u4e2d\ud83d\ude00", ids);
        tokenizer.Decode([.. ids]);
    }

    /// <inheritdoc/>
    public bool IsNamed(Exception error) => error is TokenizerException;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
