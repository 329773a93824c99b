package demo

// The district of 青浦: the institutions, the school and the bases that the
// task list of 青民〔2025〕28号 names, with invented credit codes and beds.

type place struct {
	Key, Kind, Name, Division, Subdistrict string
	Beds                                   int
	Clinic, SmallHome                      bool
	Grade                                  string
	Staff                                  int // caregivers to invent
	Credit                                 string
	Group                                  bool   // belongs to the operator group
	Branch                                 bool   // of the district's practice base
	Director                               string // who directs it; "" for nobody, which is flagged
}

const (
	district = "310118"
	city     = "310000"
)

func places() []place {
	return []place{
		{Key: "dianshanhu", Kind: "institution", Name: "淀山湖福利院", Division: district, Subdistrict: "310118102", Beds: 320, Clinic: true, Grade: "四级", Staff: 52, Director: "钱慧芬"},
		{Key: "xujing", Kind: "institution", Name: "徐泾镇养护院", Division: district, Subdistrict: "310118106", Beds: 300, Clinic: true, Grade: "三级", Staff: 38, Director: "范国栋"},
		{Key: "renze", Kind: "institution", Name: "仁泽赵巷养护院", Division: district, Subdistrict: "310118105", Beds: 260, Clinic: true, Grade: "三级", Staff: 34, Director: "陶静"},
		{Key: "xiayang", Kind: "institution", Name: "夏阳街道养护院", Division: district, Subdistrict: "310118001", Beds: 210, Clinic: true, Grade: "三级", Staff: 30, Director: "顾鸣"},
		{Key: "songhua", Kind: "institution", Name: "崧华养护院", Division: district, Subdistrict: "310118003", Beds: 299, Clinic: true, Grade: "二级", Staff: 36},
		{Key: "zhongfu", Kind: "institution", Name: "中福会养老院", Division: district, Subdistrict: "310118001", Beds: 400, Clinic: true, Grade: "五级", Staff: 48, Director: "沈佩珍"},
		{Key: "zhujiajiao", Kind: "institution", Name: "朱家角镇养护院", Division: district, Subdistrict: "310118102", Beds: 180, Grade: "二级", Staff: 26, Director: "陆文彬"},
		{Key: "fuquan", Kind: "institution", Name: "重固九如城福泉养护院", Division: district, Subdistrict: "310118109", Beds: 240, Clinic: true, Grade: "三级", Staff: 30, Director: "章敏", Credit: "52310118MJ4950000F", Group: true},
		{Key: "yingpu", Kind: "institution", Name: "盈浦街道长者照护之家", Division: district, Subdistrict: "310118002", Beds: 38, SmallHome: true, Staff: 8, Director: "金莉", Credit: "52310118MJ4950000F", Group: true},
		{Key: "liantang", Kind: "institution", Name: "练塘颐养院", Division: district, Subdistrict: "310118103", Beds: 60, Grade: "二级"}, // records with gaps: quality.go
		{Key: "school", Kind: "trainingSchool", Name: "香格里拉培训学校", Division: district, Subdistrict: "310118002"},
		{Key: "base", Kind: "practiceBase", Name: "青浦区养老服务公共实训基地", Division: district, Subdistrict: "310118002"},
		{Key: "baseEast", Kind: "practiceBase", Branch: true, Name: "青东分基地（仁泽赵巷养护院）", Division: district, Subdistrict: "310118105"},
		{Key: "baseMiddle", Kind: "practiceBase", Branch: true, Name: "青中分基地（中福会养老院）", Division: district, Subdistrict: "310118001"},
		{Key: "baseWest", Kind: "practiceBase", Branch: true, Name: "青西分基地（淀山湖福利院）", Division: district, Subdistrict: "310118102"},
	}
}

func streets() []place {
	return []place{
		{Name: "夏阳街道", Subdistrict: "310118001"},
		{Name: "盈浦街道", Subdistrict: "310118002"},
		{Name: "香花桥街道", Subdistrict: "310118003"},
		{Name: "朱家角镇", Subdistrict: "310118102"},
		{Name: "练塘镇", Subdistrict: "310118103"},
		{Name: "金泽镇", Subdistrict: "310118104"},
		{Name: "赵巷镇", Subdistrict: "310118105"},
		{Name: "徐泾镇", Subdistrict: "310118106"},
		{Name: "华新镇", Subdistrict: "310118107"},
		{Name: "重固镇", Subdistrict: "310118109"},
		{Name: "白鹤镇", Subdistrict: "310118110"},
	}
}

// character is a named person who stands for one edge of a rule.
type character struct {
	Key, Name, Home, Shows string
	ID                     string // identity number; sequence chosen by hand
	Level                  int    // of a registered 职业技能等级证书; 0 for none
	Verify                 bool
	Login                  string
}

// characters: what each one shows is said in its row, and the journeys and
// the pictures lean on them.
func characters() []character {
	return []character{
		{Key: "met", Name: "王秀兰", Home: "dianshanhu", ID: idNumber("310118", "1985-06-15", 2), Level: 4, Verify: true, Login: "wangxiulan", Shows: "exactly 900 minutes: 20.00 class hours, met"},
		{Key: "short", Name: "李桂芳", Home: "dianshanhu", ID: idNumber("310118", "1979-03-08", 4), Level: 5, Verify: true, Login: "liguifang", Shows: "899 minutes: 19.97 class hours, short"},
		{Key: "twoHomes", Name: "张建国", Home: "xiayang", ID: idNumber("320582", "1976-11-02", 13), Level: 5, Verify: true, Login: "zhangjianguo", Shows: "on post at two homes at once: counts once in the district"},
		{Key: "revoked", Name: "陈志明", Home: "zhongfu", ID: idNumber("341221", "1983-01-21", 17), Login: "chenzhiming", Shows: "a completion certificate revoked after it was found that hours were untrue"},
		{Key: "rare", Name: "𬍛玉珍", Home: "zhongfu", ID: idNumber("310118", "1972-09-30", 28), Level: 3, Verify: true, Login: "yuzhen", Shows: "a name with a character beyond the basic plane"},
		{Key: "unverified", Name: "赵美英", Home: "xujing", ID: idNumber("411425", "1988-12-12", 32), Level: 4, Login: "zhaomeiying", Shows: "a certificate registered, not verified: not counted, and named so"},
		{Key: "moved", Name: "孙海燕", Home: "zhujiajiao", ID: idNumber("362330", "1990-05-05", 44), Level: 5, Verify: true, Login: "sunhaiyan", Shows: "moved to another home in mid-year: hours go with her"},
		{Key: "degree", Name: "周文娟", Home: "songhua", ID: idNumber("320722", "1994-07-19", 46), Level: 3, Verify: true, Login: "zhouwenjuan", Shows: "degree lessons: recorded, worth nothing toward the 20 class hours"},
		{Key: "overlap", Name: "吴小红", Home: "renze", ID: idNumber("341523", "1981-10-10", 58), Level: 5, Verify: true, Login: "wuxiaohong", Shows: "09:00–10:30 and 10:00–11:30 on one day: 150 minutes, not 180"},
		{Key: "dot", Name: "阿依古丽·买买提", Home: "fuquan", ID: idNumber("654121", "1987-04-04", 62), Level: 4, Verify: true, Login: "ayiguli", Shows: "a minority name with a middle dot"},
		{Key: "superseded", Name: "冯丽", Home: "renze", ID: idNumber("310118", "1991-02-14", 66), Login: "fengli", Shows: "a certificate replaced after a printing error"},
		{Key: "left", Name: "郑国强", Home: "zhujiajiao", ID: idNumber("422823", "1969-08-25", 71), Level: 5, Verify: true, Login: "zhengguoqiang", Shows: "left the post: out of the rate from the next day"},
		{Key: "late", Name: "林巧云", Home: "xujing", ID: idNumber("310118", "1993-11-11", 88), Level: 5, Verify: true, Login: "linqiaoyun", Shows: "on duty 19 days before pre-job training was passed (GB 38600)"},
		{Key: "noUse", Name: "何桂英", Home: "yingpu", ID: idNumber("330421", "1974-06-06", 84), Level: 5, Verify: true, Login: "heguiying", Shows: "works at a 长者照护之家, which some rules leave out"},
	}
}
