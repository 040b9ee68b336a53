namespace Agents.Models.Checkpoints;

/// <summary>Translates Hugging Face tensor names into those of GGUF files (papers/00-model-architecture §4).</summary>
public static class GgufTensorNames
{
    /// <summary>Optional divisors of the rotary frequencies.</summary>
    public const string RopeDivisors = "rope_freqs.weight";

    private const string LayerPrefix = "model.layers.";

    /// <summary>Returns the GGUF name of a parameter.</summary>
    /// <param name="name">Hugging Face name, for example <c>model.layers.0.mlp.up_proj.weight</c>.</param>
    /// <exception cref="ArgumentException">The name belongs to no parameter of a decoder.</exception>
    public static string FromCheckpoint(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!name.StartsWith(LayerPrefix, StringComparison.Ordinal))
        {
            return name switch
            {
                "model.embed_tokens.weight" => "token_embd.weight",
                "model.norm.weight" => "output_norm.weight",
                "lm_head.weight" => "output.weight",
                _ => throw Unknown(name),
            };
        }

        int end = name.IndexOf('.', LayerPrefix.Length);
        int kind = name.LastIndexOf('.');
        if (end < 0 || kind <= end)
        {
            throw Unknown(name);
        }

        string part = name[(end + 1)..kind] switch
        {
            "input_layernorm" => "attn_norm",
            "self_attn.q_proj" => "attn_q",
            "self_attn.k_proj" => "attn_k",
            "self_attn.v_proj" => "attn_v",
            "self_attn.o_proj" => "attn_output",
            "self_attn.q_norm" => "attn_q_norm",
            "self_attn.k_norm" => "attn_k_norm",
            "post_attention_layernorm" => "ffn_norm",
            "mlp.gate_proj" => "ffn_gate",
            "mlp.up_proj" => "ffn_up",
            "mlp.down_proj" => "ffn_down",
            _ => throw Unknown(name),
        };
        return $"blk.{name[LayerPrefix.Length..end]}.{part}{name[kind..]}";
    }

    /// <summary>Returns whether the rows of a parameter are reordered in files of architecture llama.</summary>
    /// <param name="name">Hugging Face name.</param>
    public static bool IsPermuted(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Contains(".self_attn.q_proj.", StringComparison.Ordinal) || name.Contains(".self_attn.k_proj.", StringComparison.Ordinal);
    }

    private static ArgumentException Unknown(string name) => new($"'{name}' is no parameter of a decoder.", nameof(name));
}
