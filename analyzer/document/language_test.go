package document

import (
	"context"
	"testing"
)

func TestLanguage(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"Admins can export the data of a workspace. The link must not be shared with others.", "en"},
		{"Der Nutzer kann die Daten des Kontos löschen, wenn er nicht mehr mit uns arbeitet.", "de"},
		{"L'administrateur peut supprimer les données et le compte est fermé dans la semaine par le système.", "fr"},
		{"El administrador puede borrar los datos y la cuenta se cierra por la noche con el sistema.", "es"},
		{"O administrador pode apagar os dados e a conta não é fechada pelo sistema em uma semana.", "pt"},
		{"Beheerders kunnen het account verwijderen en de gegevens worden niet bewaard door het systeem.", "nl"},
		{"Администратор может удалить данные, если пользователь не вошёл в систему.", "ru"},
		{"用户可以导出数据。管理员可以删除。", "zh"},
		{"ユーザーはデータをエクスポートできます。", "ja"},
		{"사용자는 데이터를 내보낼 수 있습니다.", "ko"},
		{"يمكن للمستخدم تصدير البيانات.", "ar"},
		{"xyzzy plugh 12345", ""},
		{"API v2 REST JSON", ""},
	} {
		d, err := Parse(context.Background(), []byte(test.text), Options{Path: "x.txt"})
		if err != nil {
			t.Fatal(err)
		}
		if d.Language != test.want {
			t.Errorf("language of %q is %q, want %q", test.text, d.Language, test.want)
		}
	}
}

// TestLanguageNames names every language that can be guessed.
func TestLanguageNames(t *testing.T) {
	codes := []string{"ja", "zh"}
	for _, l := range commonWords {
		codes = append(codes, l.code)
	}
	for _, s := range scripts {
		codes = append(codes, s.code)
	}
	for _, code := range codes {
		if LanguageName(code) == code {
			t.Errorf("the language %s has no name", code)
		}
	}
	if got := LanguageName("xx"); got != "xx" {
		t.Errorf("an unknown language is called %q", got)
	}
}
